Feature: A US number sends only once it is registered

  A reply that may not leave is held, the agent is told why, and it leaves when
  the number is registered, unless a day has passed.

  @must @SEED-13 @OCX-CMP-01 @OCX-TRB-04 @OPEN-45
  Scenario: [1] A reply from an unregistered local number is held
    Given Maria is in a live chat with Ada
    And the Support number is unregistered
    And 2 minutes have passed
    When Ada replies "I am looking into it"
    Then Ada is told about the registration
    And the carrier is offered nothing
    And nothing else is sent to anyone

  @must @SEED-13 @OPEN-45
  Scenario: [2] A held reply leaves once the number is registered
    Given the reply "I am looking into it" from Ada to Maria is held for want of registration
    When the Support number is registered
    And an hour passes
    Then Maria receives "I am looking into it" from the Support number
    And nothing else is sent to anyone

  @choice @OPEN-45
  Scenario: [3] A held reply older than a day is not sent
    Given the reply "I am looking into it" from Ada to Maria is held for want of registration
    And 25 hours have passed
    When the Support number is registered
    And an hour passes
    Then nothing else is sent to anyone

  @must @SEED-13 @OCX-CMP-02 @OPEN-45
  Scenario: [4] A toll-free number awaiting verification does not send
    Given Maria is in a live chat with Ada on the toll-free number
    And the toll-free number is pending
    And 2 minutes have passed
    When Ada replies "I am looking into it"
    Then Ada is told about the registration
    And the carrier is offered nothing
    And nothing else is sent to anyone

  @must @SEED-13 @OCX-CMP-02
  Scenario: [5] A verified toll-free number sends
    Given the toll-free number is registered
    When Maria texts "Hello" to the toll-free number
    Then Maria receives "Noted." from the toll-free number
    And nothing else is sent to anyone

  @choice @OPEN-45
  Scenario: [6] A rejected registration blocks like a missing one
    Given Maria is in a live chat with Ada
    And the Support number is rejected
    And 2 minutes have passed
    When Ada replies "I am looking into it"
    Then Ada is told about the registration
    And the carrier is offered nothing
    And nothing else is sent to anyone

  @must @OCX-CMP-03
  Scenario: [7] Texts still get in without registration
    Given Maria is in a live chat with Ada
    And the Support number is unregistered
    When Maria texts "It is order 4711"
    Then Ada sees "It is order 4711" from Maria
    And nothing else is sent to anyone

  @must @OCX-CMP-04 @OCX-CMP-03 @OPEN-45
  Scenario: [8] The AI's answers are held as well
    Given the Support number is unregistered
    When Maria texts "Hello"
    Then the AI has one session with Maria: "Hello"
    And the carrier is offered nothing
    And nothing else is sent to anyone

  @should @OCX-CMP-07 @OCX-TRB-04 @SEED-20
  Scenario: [9] A reply the carrier filters for want of registration is explained
    Given Maria is in a live chat with Ada
    And the carrier will filter the next message for want of registration
    When Ada replies "I am looking into it"
    Then Ada is told about the registration
    And nothing else is sent to anyone

  @must @SEED-13 @OCX-CMP-01
  Scenario: [10] Other numbers send while one is held
    Given the Sales number is unregistered
    When Maria texts "Hello"
    Then Maria receives "Noted." from the Support number
    And nothing else is sent to anyone

  @choice @OPEN-44
  Scenario: [11] A number that was taken away sends nothing
    Given Maria is in a live chat with Ada
    And the Support number is not listed at the carrier
    When Ada replies "I am looking into it"
    And an hour passes
    Then Ada is told about the number
    And nothing else is sent to anyone
