"""Reviewers decide on what lang-audit proposes: decisions as a log of events, agreement, consensus, exchange with other tools."""
