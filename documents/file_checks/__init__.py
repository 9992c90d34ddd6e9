"""Whether a file from outside is what its name says, whole, and without anything that acts when it is opened."""
