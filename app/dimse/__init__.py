"""The door for DICOM modalities: associations, C-ECHO and C-STORE.

PDUs, presentation contexts and SOP classes are pynetdicom's; the byte stream is read here, in one blocking
thread for each association. pynetdicom's own reactor sleeps, polls and buffers without limit: it stores a
tenth of what the machine can, and one peer that claims a 4 GB PDU fills the memory.
"""
