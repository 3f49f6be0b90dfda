"""Marks on images as plain data: geometry in image coordinates, an author, a revision given by the server."""
