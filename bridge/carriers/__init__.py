"""Carriers: one file family a provider of SMS and MMS; see `core.ports.Carrier`."""
