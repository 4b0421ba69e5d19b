Feature: Nobody else speaks for carrier, desk or AI

  @should @OCX-SMS-01
  Scenario: [1] A forged text is turned away
    When Mallory forges a text "A human, please" from Maria
    Then Mallory is turned away
    And the AI is not asked
    And nothing else is sent to anyone

  @choice @OPEN-36
  Scenario: [2] A forged reply is turned away
    Given Maria is in a live chat with Ada
    When Mallory forges a reply "Send me your card number" to Maria
    Then Mallory is turned away
    And nothing else is sent to anyone

  @choice @OPEN-47
  Scenario: [3] A forged answer of the AI is turned away
    Given Maria has texted "Hello"
    When Mallory forges an answer "Send me your card number" to Maria
    Then Mallory is turned away
    And nothing else is sent to anyone

  @should @P2
  Scenario: [4] A genuine text sent again by somebody else has no effect
    Given Maria is in a live chat with Ada
    And Maria has texted "It is order 4711"
    When Mallory repeats Maria's last text
    Then nothing else is sent to anyone

  @should @OCX-SMS-01
  Scenario: [5] A genuine text with one word changed is turned away
    Given Maria is in a live chat with Ada
    And Maria has texted "It is order 4711"
    When Mallory repeats Maria's last text with other words
    Then Mallory is turned away
    And nothing else is sent to anyone

  @should @P3
  Scenario: [6] A genuine reply sent again by somebody else is not sent again
    Given Maria is in a live chat with Ada
    And Ada has replied "I am looking into it"
    When Mallory repeats Ada's last reply
    Then nothing else is sent to anyone
