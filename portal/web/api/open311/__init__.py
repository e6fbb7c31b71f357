"""Open311 GeoReport v2: the published letters as service requests, and a way to hand one in.

Source: https://wiki.open311.org/GeoReport_v2. A service is a kind of letter. Only the archive is
read: a letter that was handed in is followed with its number and query code.
"""
