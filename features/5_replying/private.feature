Feature: What is private stays on the desk

  @must @OCX-ZD-14 @OPEN-14 @P5
  Scenario: [1] A note is never sent
    Given Maria is in a live chat with Ada
    When Ada writes the note "She has called twice today"
    Then nothing else is sent to anyone

  @must @OCX-ZD-14 @P5
  Scenario: [2] A note between replies is not sent with them
    Given Maria is in a live chat with Ada
    And Ada has written the note "She has called twice today"
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P5
  Scenario: [3] Typing is not a message
    Given Maria is in a live chat with Ada
    When Ada starts typing
    Then nothing else is sent to anyone

  @should @P5
  Scenario: [4] An automatic line of the desk is not sent
    Given Maria is in a live chat with Ada
    When the desk writes the automatic line "An agent will reply shortly"
    Then nothing else is sent to anyone

  @should @P5 @P2
  Scenario: [5] What we put on the desk never comes back to the phone
    Given Maria is in a live chat with Ada
    When Maria texts "It is order 4711"
    Then Ada sees "It is order 4711" from Maria
    And the desk tells the bridge of it
    And nothing else is sent to anyone

  @should @P3
  Scenario: [6] A reply the desk delivers twice is sent once
    Given Maria is in a live chat with Ada
    And the desk delivers the next reply 2 times
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @must @OCX-LIF-11
  Scenario: [7] Solving the ticket sends nothing
    Given Maria is in a live chat with Ada
    When Ada solves the ticket
    Then nothing else is sent to anyone

  @must @OCX-ZD-14 @P5
  Scenario: [8] The handoff note stays with the agent
    Given the AI hands off a customer who texts "refund" with the summary "Wants money back for a late parcel"
    And Maria has texted "I want a refund"
    When Ada replies "Let me see" to Maria
    Then Maria receives "Let me see"
    And nothing else is sent to anyone
