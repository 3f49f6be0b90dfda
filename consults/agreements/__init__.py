"""Agreements between two hospitals, and the basis of each case sent under one.

Decree 96/2023 Art. 87.11 names the least an agreement says: responsibilities; infrastructure, software and security;
storage and backup; cost. Both hospitals' administrators agree before it counts; a change is a new version.
"""
