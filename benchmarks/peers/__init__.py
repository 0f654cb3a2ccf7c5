"""One clinic, written for each of the packages that iopsim is measured against."""
