"""Money: what a replication bills, collects and costs, told after the fact from its Record; double entry, whole cents.

The engine never knows money: nobody's way through the program depends on it, beyond what payers cover.
"""

from iopsim.money.ledger import Ledger, settle

__all__ = ["Ledger", "settle"]
