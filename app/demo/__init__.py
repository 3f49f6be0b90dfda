"""The demonstration: three invented hospitals of an invented province, and studies made by code, of nobody."""
