"""Forms of superiors: their own workbooks, whose places are named once and filled from a list ever after."""
