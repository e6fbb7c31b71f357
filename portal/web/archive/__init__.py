"""The archive for programs: parameters and addresses that feeds, open data and Open311 share."""
