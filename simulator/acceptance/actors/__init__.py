"""The people and services of a scenario. They act through `/_sim` and look at what an outsider sees."""
