"""What a finished run shows: its page with charts and tables, CSV files, the methods section."""
