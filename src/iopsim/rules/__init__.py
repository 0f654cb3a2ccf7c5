"""The rules: one small pure scalar function for each decision of the clinic, called by every engine.

A rule knows neither clock nor state: numbers in, one number or a truth value out. No ``exp``, ``log`` or power
(the Rulebook has done those), so that compiled and interpreted code agree to the last bit.
"""
