"""Terms over the years, and before and after a guideline."""
