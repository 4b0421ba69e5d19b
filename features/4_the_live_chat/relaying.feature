Feature: Texts reach the live chat once, in order, and the AI stays out

  @must @OCX-SMS-13 @OCX-ZD-16 @OPEN-08 @OCX-HO-16
  Scenario: [1] A text after the handoff goes to the agent
    Given Maria is in a live chat with Ada
    When Maria texts "It is order 4711"
    Then Ada sees "It is order 4711" from Maria
    And the AI is not asked
    And nothing else is sent to anyone

  @must @OCX-SMS-13 @OCX-HO-16
  Scenario: [2] The AI is not brought back by another request for a human
    Given Maria is in a live chat with Ada
    When Maria texts "Are you a human?"
    Then Ada sees "Are you a human?" from Maria
    And the AI is not asked
    And nothing else is sent to anyone

  @should @P4 @OPEN-29
  Scenario: [3] Texts keep their order
    Given Maria is in a live chat with Ada
    And Maria has just texted "One"
    And Maria has just texted "Two"
    When Maria texts "Three"
    Then Ada sees "One", "Two", "Three" from Maria in this order
    And nothing else is sent to anyone

  @should @P2 @OPEN-28
  Scenario: [4] A text delivered five times is relayed once
    Given Maria is in a live chat with Ada
    And the carrier delivers the next text 5 times
    When Maria texts "It is order 4711"
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @P2 @OPEN-28
  Scenario: [5] Copies that arrive at the same moment are relayed once
    Given Maria is in a live chat with Ada
    And the carrier delivers the next text twice at the same moment
    When Maria texts "It is order 4711"
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @OPEN-28
  Scenario: [6] The same words texted twice are relayed twice
    Given Maria is in a live chat with Ada
    And Maria has texted "yes"
    When Maria texts "yes"
    Then Ada sees "yes" from Maria
    And nothing else is sent to anyone

  @must @SEED-15 @OCX-SMS-20
  Scenario: [7] A long text appears as one message
    Given Maria is in a live chat with Ada
    When Maria texts a message of 700 letters
    Then Ada sees the whole message from Maria
    And nothing else is sent to anyone

  @should @OPEN-35
  Scenario: [8] A text appears letter for letter
    Given Maria is in a live chat with Ada
    When Maria texts "<3 & Grüße 👍🏽 – 5 < 6 *not* bold"
    Then Ada sees "<3 & Grüße 👍🏽 – 5 < 6 *not* bold" from Maria
    And nothing else is sent to anyone

  @should @P4
  Scenario: [9] Two customers of one agent are not mixed up
    Given Maria is in a live chat with Ada
    And Omar is in a live chat with Ada
    When Omar texts "It is order 0815"
    Then Ada sees "It is order 0815" from Omar
    And nothing else is sent to anyone

  @should @P2
  Scenario: [10] A text the desk took without saying so stands there once
    Given Maria is in a live chat with Ada
    And the desk takes the next message but never answers
    When Maria texts "It is order 4711"
    And 10 minutes pass
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @P4 @OPEN-48
  Scenario: [11] Texts wait in order for a desk that is busy
    Given Maria is in a live chat with Ada
    And the desk is too busy for the next call and asks for 30 seconds
    And Maria has just texted "One"
    When Maria texts "Two"
    And 10 minutes pass
    Then Ada sees "One", "Two" from Maria in this order
    And nothing else is sent to anyone

  @should @P1 @OPEN-13
  Scenario: [12] A text is kept for a desk that is down
    Given Maria is in a live chat with Ada
    And the desk is down for the next 3 calls
    When Maria texts "It is order 4711"
    And 10 minutes pass
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @P4
  Scenario: [13] A desk in trouble with one chat does not hold up another
    Given Maria and Omar are in live chats with Ada and Ben
    And the desk is down for the next call
    And Maria has just texted "It is order 4711"
    When Omar texts "It is order 0815"
    Then Ben sees "It is order 0815" from Omar
    And Ada may see "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @P1
  Scenario: [14] A text taken just before the bridge dies is relayed after it comes back
    Given Maria is in a live chat with Ada
    And Maria has just texted "It is order 4711"
    When the bridge dies and comes back
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @should @P1 @P6
  Scenario: [15] A deleted chat is opened again with all it held
    Given Maria is in a live chat with Ada
    And Ada has replied "Which order is it?"
    And Maria has texted "It is order 4711"
    When the live chat with Maria is deleted
    Then a live chat with Maria appears with the transcript
      | who      | says                       |
      | customer | A human, please            |
      | AI       | A person will be with you. |
      | agent    | Which order is it?         |
      | customer | It is order 4711           |
    And nothing else is sent to anyone

  @should @P1
  Scenario: [16] Texts wait while the bridge's key is refused
    Given Maria is in a live chat with Ada
    And the desk refuses the bridge's key for the next 4 calls
    And Maria has just texted "One"
    When Maria texts "Two"
    And 10 minutes pass
    Then Ada sees "One", "Two" from Maria in this order
    And nothing else is sent to anyone

  @should @OPS-04
  Scenario: [17] A long text that comes as base64 is read as it was written
    Given Maria is in a live chat with Ada
    And the carrier delivers the next long text as base64
    When Maria texts "It is order 4711 — the parcel came today, but the box is broken and two cups are missing."
    Then Ada sees "It is order 4711 — the parcel came today, but the box is broken and two cups are missing." from Maria
    And nothing else is sent to anyone
