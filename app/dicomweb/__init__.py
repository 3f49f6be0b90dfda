"""The door for DICOMweb (PS3.18): QIDO-RS, WADO-RS, STOW-RS under /dicomweb/<hospital>/."""
