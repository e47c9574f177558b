"""Auditing a literature: records streamed from what databases export, audited once each, counted with denominators."""
