Feature: A handoff makes one live chat, whatever goes wrong on the way

  @must @OCX-SUN-13 @OCX-USR-07 @OPEN-11
  Scenario: [1] A later handoff makes a live chat of its own
    Given Maria is in a live chat with Ada
    And Ada has ended the conversation
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a second live chat with Maria appears for the same user
    And nothing else is sent to anyone

  @must @OCX-SUN-14 @OCX-HO-14 @OCX-TRB-11 @OPEN-12
  Scenario: [2] A second conversation that is refused tells the customer nothing false
    Given multi-conversations is off
    And Maria is in a live chat with Ada on the Support number
    When Maria texts "A human, please" to the Sales number
    And a minute passes
    Then Maria receives "A person will be with you." from the Sales number
    And nothing else is sent to anyone

  @must @OCX-SUN-15 @OCX-HO-14 @OPEN-12
  Scenario: [3] A refused handoff appears once multi-conversations is on
    Given multi-conversations is off
    And Maria is in a live chat with Ada on the Support number
    And Maria has texted "A human, please" to the Sales number
    When multi-conversations is switched on
    And an hour passes
    Then a second live chat with Maria appears for the same user
    And nothing else is sent to anyone

  @must @OCX-HO-14 @OPEN-13
  Scenario: [4] A handoff waits for a desk that is down
    Given the desk is down for the next 3 calls
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @OPEN-13 @OCX-HO-16
  Scenario: [5] The AI stays silent while the handoff waits
    Given the desk is down
    And Maria has texted "A human, please"
    When Maria texts "Hello?"
    Then nothing else is sent to anyone

  @should @OCX-HO-15 @P2
  Scenario: [6] A live chat the desk made without saying so is not made again
    Given the desk makes the next conversation but never answers
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @P2 @OPEN-05
  Scenario: [7] A transcript line the desk took without saying so is not repeated
    Given the desk takes the next message but never answers
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-SMS-13 @OPEN-07 @P4
  Scenario: [8] Texts during the handoff follow the transcript
    Given the desk is down for the next 3 calls
    And Maria has texted "A human, please"
    And Maria has texted "It is order 4711"
    When Maria texts "From Monday"
    And 10 minutes pass
    Then a live chat with Maria appears with the texts "A human, please", "It is order 4711", "From Monday"
    And nothing else is sent to anyone

  @should @OPEN-37
  Scenario: [9] Control that does not pass at first is passed again
    Given the desk fails to pass control once
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @OCX-HO-15
  Scenario: [10] A handoff announced twice makes one live chat
    Given the AI sends its answers later
    And the AI announces the next handoff 2 times
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @OPEN-37 @P6
  Scenario: [11] Control that the desk takes and then does not pass is passed again
    Given the desk has carried out no pass of control in the 10 minutes since Maria texted "A human, please"
    When 30 minutes pass
    Then a live chat with Maria appears with the texts "A human, please"
    And nothing else is sent to anyone
