"""Who did what, when, to which thing: records after DICOM PS3.15 A.5. Ids and codes, never patients' names."""
