Feature: A number carries texts once it is connected

  Which of our numbers was texted decides everything. A number that is not
  pointed at the bridge, or that the bridge does not answer on, is silent.

  @must @OCX-NUM-10 @OCX-NUM-01 @OCX-SMS-01 @OCX-SMS-11 @OCX-SMS-07 @OCX-AP-02
  Scenario: [1] A connected number answers
    Given the AI answers "We open at nine."
    When Maria texts "When do you open?"
    Then Maria receives "We open at nine." from the Support number
    And nothing else is sent to anyone

  @must @SEED-03 @OCX-NUM-07 @OCX-NUM-03
  Scenario: [2] A text to a number that is not connected gets nowhere
    Given the Support number is not connected
    When Maria texts "Anyone there?"
    Then the AI is not asked
    And nothing else is sent to anyone

  @must @SEED-03 @OCX-NUM-08 @OCX-TRB-02
  Scenario: [3] Once connected again, texts get in
    Given the Support number is not connected
    And the Support number is connected again
    When Maria texts "Anyone there?"
    Then Maria receives "Noted." from the Support number
    And nothing else is sent to anyone

  @must @OCX-SMS-02 @OCX-SMS-03 @OCX-NUM-04
  Scenario: [4] A number the bridge does not answer on stays silent
    Given a Warehouse number is pointed at the bridge by mistake
    When Maria texts "A human, please" to the Warehouse number
    Then the AI is not asked
    And nothing else is sent to anyone

  @must @OCX-SMS-02 @OCX-SMS-26
  Scenario: [5] Each number answers for itself
    When Maria texts "Any offers?" to the Sales number
    Then Maria receives "Noted." from the Sales number
    And nothing else is sent to anyone

  @must @SEED-03 @OCX-NUM-03
  Scenario: [6] Other numbers carry on while one is not connected
    Given the Sales number is not connected
    When Maria texts "Anyone there?"
    Then Maria receives "Noted." from the Support number
    And nothing else is sent to anyone
