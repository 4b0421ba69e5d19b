Feature: A text belongs to the open session of its phone and number

  No subject, no token: the phone, the number and whether the session is open
  decide.

  @must @OCX-SMS-05 @OCX-SMS-04 @OCX-SMS-09 @OCX-SMS-10
  Scenario: [1] A second text continues the session
    Given Maria has texted "Hello"
    When Maria texts "Are you there?"
    Then the AI has one session with Maria: "Hello", "Are you there?"
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @must @OCX-SMS-07
  Scenario: [2] Two customers have two sessions
    Given Maria has texted "Hello"
    When Omar texts "Good morning"
    Then the AI has one session with Omar: "Good morning"
    And Omar receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-27
  Scenario: [3] One customer has a session for each number
    Given Maria has texted "Hello"
    When Maria texts "Any offers?" to the Sales number
    Then the AI has 2 sessions with Maria
    And Maria receives "Noted." from the Sales number
    And nothing else is sent to anyone

  @should @OCX-USR-08 @OCX-SMS-04
  Scenario: [4] Both sessions belong to one contact
    Given Maria has texted "Hello"
    When Maria texts "Any offers?" to the Sales number
    Then the AI knows Maria as one contact
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-28 @P2
  Scenario: [5] A text delivered twice is answered once
    Given the carrier delivers the next text 3 times
    When Maria texts "Hello"
    Then the AI has one session with Maria: "Hello"
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @should @OPEN-28
  Scenario: [6] The same words texted twice are two texts
    Given Maria has texted "yes"
    When Maria texts "yes"
    Then the AI has one session with Maria: "yes", "yes"
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @must @OCX-SMS-08
  Scenario: [7] A session on another channel is not continued
    Given Maria has an open session with the AI in the web widget
    When Maria texts "Hello"
    Then the AI has one session by text with Maria: "Hello"
    And Maria receives "Noted."
    And nothing else is sent to anyone
