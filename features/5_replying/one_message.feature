Feature: A reply is one message, however many segments it takes

  @must @SEED-15 @OCX-SMS-20 @OCX-ZD-15
  Scenario: [1] A reply just over one segment
    Given Maria is in a live chat with Ada
    When Ada replies with 161 letters
    Then Maria receives the whole reply as one message of 2 segments
    And Ada's chat shows the reply once
    And nothing else is sent to anyone

  @must @SEED-15 @SEED-16 @OCX-SMS-21 @OCX-ZD-15
  Scenario: [2] The carrier counts every segment
    Given Maria is in a live chat with Ada
    When Ada replies with 460 letters
    Then Maria receives the whole reply as one message of 4 segments
    And nothing else is sent to anyone

  @must @SEED-15 @SEED-16
  Scenario: [3] A reply of one segment is not split
    Given Maria is in a live chat with Ada
    When Ada replies with 160 letters
    Then Maria receives the whole reply as one message of 1 segment
    And nothing else is sent to anyone

  @choice @OPEN-35 @SEED-16
  Scenario: [4] Emoji make shorter segments
    Given Maria is in a live chat with Ada
    When Ada replies with 71 letters, one of them an emoji
    Then Maria receives the whole reply as one message of 2 segments
    And nothing else is sent to anyone

  @choice @OPEN-34 @OCX-SMS-21
  Scenario: [5] What the carrier cannot take in one piece leaves in order
    Given Maria is in a live chat with Ada
    When Ada replies with 2500 letters
    Then Maria receives the whole reply in several messages
    And Ada's chat shows the reply once
    And Ada is told about the many segments
    And nothing else is sent to anyone

  @must @SEED-15 @OCX-SMS-20
  Scenario: [6] A long answer of the AI is one message too
    Given the AI answers with 400 letters
    When Maria texts "Tell me everything"
    Then Maria receives the whole answer as one message of 3 segments
    And nothing else is sent to anyone

  @should @P4
  Scenario: [7] Two replies arrive in the order in which they were written
    Given Maria is in a live chat with Ada
    And the carrier is down for the next call
    And Ada has just replied "First"
    When Ada replies "Second"
    And 10 minutes pass
    Then Maria receives "First", "Second" in this order
    And nothing else is sent to anyone
