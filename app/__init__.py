"""The imaging platform of a group of hospitals: receives, keeps, finds, shows, reports, shares, audits."""
