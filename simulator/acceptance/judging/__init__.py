"""`simulator verify`: a plan, workers that carry it out with pytest, verdicts, expectations, a report.

plan      which scenarios, in which order, and which cannot be asked of this bridge
crew      starts workers, follows what they tell, replaces one that hangs or ends
worker    the plugin inside a worker's pytest
results   what became of each scenario over all examples and repetitions
expected  known verdicts, and what is not as known
report    verdicts.json, failures.txt and the matrix
screen    progress and the end of it on the terminal
command   all of it together
"""
