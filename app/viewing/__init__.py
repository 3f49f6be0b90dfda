"""How people like to read: settings of the viewer, a hospital's defaults and each person's own."""
