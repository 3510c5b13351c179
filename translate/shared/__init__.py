"""What three or more providers need: one idea per module."""
