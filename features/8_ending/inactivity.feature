Feature: A session without activity ends by itself

  @must @OCX-LIF-05 @OCX-LIF-08 @OCX-SMS-06 @OPEN-01
  Scenario: [1] After three hours a text opens a new session
    Given Maria has texted "My parcel is late"
    And 3 hours have passed
    When Maria texts "Hello again"
    Then the AI has 2 sessions with Maria
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-02 @OPEN-01 @OCX-LIF-05
  Scenario: [2] Shortly before that it is still the same session
    Given Maria has texted "My parcel is late"
    And 170 minutes have passed
    When Maria texts "Hello again"
    Then the AI has one session with Maria: "My parcel is late", "Hello again"
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-01
  Scenario: [3] Every text starts the three hours anew
    Given Maria has texted "My parcel is late" and, 170 minutes later, "Hello again"
    And 170 minutes have passed
    When Maria texts "Still there?"
    Then the AI has one session with Maria: "My parcel is late", "Hello again", "Still there?"
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-03
  Scenario: [4] Ending for inactivity is silent
    Given Maria has texted "My parcel is late"
    When 4 hours pass
    Then nothing else is sent to anyone

  @should @OCX-LIF-07 @OCX-LIF-01 @OCX-LIF-02
  Scenario: [5] A session that ended for inactivity counts as resolved
    Given Maria has texted "My parcel is late"
    When 4 hours pass
    Then the AI's session with Maria is closed as resolved
    And nothing else is sent to anyone

  @should @OPEN-01 @OCX-LIF-09
  Scenario: [6] A session with a person does not end for inactivity
    Given Maria is in a live chat with Ada
    And 5 hours have passed
    When Maria texts "Any news?"
    Then Ada sees "Any news?" from Maria
    And the AI is not asked
    And nothing else is sent to anyone

  @must @OCX-LIF-08 @OCX-SMS-27 @SEED-10
  Scenario: [7] The old transcript stays with the old session
    Given Maria has texted "My parcel is late"
    And 3 hours have passed
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears with the transcript
      | who      | says                       |
      | customer | A human, please            |
      | AI       | A person will be with you. |
    And nothing else is sent to anyone

  @must @OCX-LIF-06
  Scenario: [8] The three hours can be set otherwise
    Given the bridge is set to end sessions after 1 hour
    And Maria has texted "My parcel is late"
    And 1 hour has passed
    When Maria texts "Hello again"
    Then the AI has 2 sessions with Maria
    And Maria receives "Noted."
    And nothing else is sent to anyone
