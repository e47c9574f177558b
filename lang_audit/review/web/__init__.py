"""The review workspace in the browser: a small web application on the reviewer's own machine."""
