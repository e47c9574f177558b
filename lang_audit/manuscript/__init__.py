"""Checking a manuscript before submission: where each finding stands in the file, what is let pass, and what can be mended."""
