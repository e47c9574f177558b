"""Findings drawn for people to judge, and the precision that follows from their judgements."""
