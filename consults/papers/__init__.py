"""What is carried away from a consult: its minutes on paper, the whole case as a package, and its facts as FHIR."""
