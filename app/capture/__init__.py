"""What comes in by other ways than a modality's association: uploads of files, folders and ZIPs."""
