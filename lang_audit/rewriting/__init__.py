"""What to write instead, fitted to the sentence: `suggest` decides, the other modules know the forms. Pure text in, text out."""
