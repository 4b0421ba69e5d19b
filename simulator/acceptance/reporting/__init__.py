"""What a run leaves behind: verdicts by requirement, pages, Allure results, the traffic behind each step."""
