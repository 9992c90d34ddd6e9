"""Units, their members, and the scope of each user's rights."""
