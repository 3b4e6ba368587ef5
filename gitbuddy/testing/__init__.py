"""Fakes that are shipped and tested: repositories, scripted proposers, an Ollama-protocol server.

For our tests and for those of people who build on gitbuddy.
"""
