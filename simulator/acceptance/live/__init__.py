"""Whether the simulators still answer as the real services do: `simulator verify --live twilio|zendesk`.

The same questions go to a real account and to a fresh simulator, and the answers are compared field by field
(`shape`). Nothing is changed there: what writes is asked only with `--allow-writes`, and of Twilio only with
test credentials, which send nothing. Keys come from the environment (`accounts`).
"""
