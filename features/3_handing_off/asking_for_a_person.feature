Feature: The AI hands off and falls silent

  Why the AI hands off is its own affair. That a person gets the whole thread,
  and that the AI says no more, is ours.

  @must @SEED-01 @SEED-06 @OCX-HO-01 @OCX-HO-03 @OCX-HO-07 @OCX-HO-08 @OCX-HO-13 @OCX-ZD-01 @OCX-ZD-11 @OCX-SUN-01 @OCX-SUN-22 @OPEN-04
  Scenario: [1] A customer asks for a human
    Given Maria has texted "My parcel is late"
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you." from the Support number
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-HO-01 @OCX-HO-03
  Scenario: [2] A frustrated customer is handed off without asking
    Given the AI hands off a customer who texts "useless" and finds them angry
    When Maria texts "This is useless"
    Then a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-AP-03 @OCX-AP-04 @OCX-AP-06 @OCX-HO-01
  Scenario: [3] A forbidden topic is handed off without an answer
    Given the AI must not answer about "lawyer"
    When Maria texts "My lawyer will call you"
    Then a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-AP-05 @OCX-ZD-12
  Scenario: [4] The agent learns the forbidden topic
    Given the AI must not answer about "lawyer"
    When Maria texts "My lawyer will call you"
    Then a live chat with Maria appears
    And the agent's note says "lawyer"
    And nothing else is sent to anyone

  @must @OCX-HO-02
  Scenario: [5] An AI that never hands off keeps the customer
    Given the AI answers "human" with "I can help you myself."
    When Maria texts "A human, please"
    Then Maria receives "I can help you myself."
    And nothing else is sent to anyone

  @must @OCX-HO-04 @OCX-HO-05
  Scenario: [6] An AI that asks first hands off later, with everything said
    Given the AI answers "broken" with "What is the order number?"
    And the AI hands off a customer who texts "4711" and finds them neutral
    And Maria has texted "It is broken"
    When Maria texts "4711"
    Then a live chat with Maria appears
    And nothing else is sent to anyone

  @must @SEED-12 @OCX-ZD-10 @OPEN-04
  Scenario: [7] Nothing is on the desk before the handoff
    Given Maria has texted "My parcel is late"
    When Maria texts "It was due on Monday"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @should @OCX-HO-09
  Scenario: [8] A handoff forced by hand works like any other
    Given Maria has texted "My parcel is late"
    When the operator of the AI hands Maria over
    Then a live chat with Maria appears
    And nothing else is sent to anyone

  @choice @OPEN-31
  Scenario: [9] An answer in preparation is dropped by a handoff
    Given the AI takes 20 seconds to answer
    And Maria has texted "My parcel is late"
    When the operator of the AI hands Maria over
    And a minute passes
    Then a live chat with Maria appears
    And nothing else is sent to anyone
