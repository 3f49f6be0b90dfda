"""Reports: a doctor's conclusion on studies, with the status words of FHIR DiagnosticReport. Unsigned so far."""
