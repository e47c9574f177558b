"""Command groups of the command line, one module a group. Each imports what it works with only when it runs."""
