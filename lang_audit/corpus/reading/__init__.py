"""The records of a literature as a stream, whatever they come from: one module a format."""
