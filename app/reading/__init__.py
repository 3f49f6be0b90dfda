"""What each reader had on the screen: which frames of which series, and how good the picture was."""
