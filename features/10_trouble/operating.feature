Feature: The operator mends what was given up and removes what must go

  @should @OPS-01 @P6
  Scenario: [1] A reply that was given up arrives once it is sent again
    Given Maria is in a live chat with Ada
    And the carrier refuses the next message
    And Ada has replied "I am looking into it"
    When the operator has what was given up for Maria done again
    Then Maria receives "I am looking into it"
    And Ada is told about the second attempt
    And nothing else is sent to anyone

  @should @OPS-01 @P5
  Scenario: [2] What was given up does not leave after an opt-out
    Given Maria is in a live chat with Ada
    And the carrier refuses the next message
    And Ada has replied "I am looking into it"
    And Maria has texted "STOP"
    When the operator has what was given up for Maria done again
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

  @should @OPS-02
  Scenario: [3] A customer is erased
    Given Maria is in a live chat with Ada
    And Ada has replied "I am looking into it"
    When the operator erases Maria
    Then the bridge holds nothing about Maria
    And nothing else is sent to anyone

  @should @OPS-02
  Scenario: [4] Words in the old live chat do not bring an erased customer back
    Given Maria is in a live chat with Ada
    And the operator has erased Maria
    When Ada replies "Are you still there?"
    And an hour passes
    Then the bridge holds nothing about Maria
    And nothing else is sent to anyone

  @should @OPS-02 @OCX-SMS-05
  Scenario: [5] An erased customer who texts again is new
    Given Maria is in a live chat with Ada
    And the operator has erased Maria
    When Maria texts "Hello"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @should @OPS-03 @P5
  Scenario: [6] An opt-out outlives the erasure
    Given Maria has texted "Hello"
    And Maria has texted "STOP"
    And the operator has erased Maria
    When Maria texts "Hello again"
    Then the AI is not asked
    And nothing else is sent to anyone

  @should @OPS-03
  Scenario: [7] Only the opt-out is kept
    Given Maria has texted "Hello"
    And Maria has texted "STOP"
    When the operator erases Maria
    Then the bridge holds nothing about Maria but the opt-out
    And nothing else is sent to anyone
