Feature: Each reply is sent at most once, and the agent learns of failures

  @should @OPEN-17 @OCX-TRB-14 @SEED-20 @P6
  Scenario: [1] A reply that is lost on the way is shown to the agent
    Given Maria is in a live chat with Ada
    And the carrier will lose the next message
    When Ada replies "I am looking into it"
    Then Ada is told about the failed delivery
    And nothing else is sent to anyone

  @should @OPEN-17
  Scenario: [2] A phone that takes no texts is shown to the agent
    Given Maria is in a live chat with Ada
    And Maria's phone turns out to be a landline
    When Ada replies "I am looking into it"
    Then Ada is told about the failed delivery
    And nothing else is sent to anyone

  @should @P3
  Scenario: [3] A reply the carrier took without saying so is sent once
    Given Maria is in a live chat with Ada
    And the carrier takes the next message but never answers
    When Ada replies "I am looking into it"
    And 10 minutes pass
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P3
  Scenario: [4] A line cut after the carrier took the reply makes no second copy
    Given Maria is in a live chat with Ada
    And the carrier takes the next message but cuts the line
    When Ada replies "I am looking into it"
    And 10 minutes pass
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P3
  Scenario: [5] A doubt that cannot be resolved is told to the agent
    Given Maria is in a live chat with Ada
    And the carrier leaves the next message hanging
    And the carrier cannot say what became of its messages
    When Ada replies "I am looking into it"
    And 2 hours pass
    Then Ada is told about the doubt
    And nothing else is sent to anyone

  @choice @OPEN-48 @OPEN-17
  Scenario: [6] A busy carrier is left alone and then gets the reply once
    Given Maria is in a live chat with Ada
    And the carrier is too busy for the next call and asks for 30 seconds
    When Ada replies "I am looking into it"
    And 10 minutes pass
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P4
  Scenario: [7] A reply that cannot be sent does not hold up another customer's
    Given Maria and Omar are in live chats with Ada and Ben
    And the carrier is down for the next call
    And Ada has just replied "First"
    When Ben replies "Good morning"
    Then Omar receives "Good morning"
    And Maria receives at most 1 message
    And nothing else is sent to anyone

  @should @P3
  Scenario: [8] News of the delivery may overtake the carrier's answer
    Given Maria is in a live chat with Ada
    And the carrier reports the next delivery before it answers
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P6 @SEED-20
  Scenario: [9] A reply whose webhook got lost is found by asking
    Given Maria is in a live chat with Ada
    And the desk loses its next webhook
    And Ada has just replied "I am looking into it"
    When an hour passes
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P3 @P1
  Scenario: [10] A reply taken just before the bridge dies is sent after it comes back
    Given Maria is in a live chat with Ada
    And Ada has just replied "I am looking into it"
    When the bridge dies and comes back
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @should @P6 @SEED-20
  Scenario: [11] A desk that has gone silent is an alarm
    Given Maria is in a live chat with Ada
    And the desk loses its next webhook
    And Ada has replied "I am looking into it"
    And 10 minutes have passed
    When the operator looks at the status
    Then the status warns of the silence of the desk
    And nothing else is sent to anyone

  @should @P3
  Scenario: [12] A fault in the words of the vocabulary meets the reply it is meant for
    Given Maria is in a live chat with Ada
    And the carrier meets "accept then reset" at its next "CreateMessage" whose body is "It is on its way"
    When Ada replies "It is on its way"
    And 10 minutes pass
    Then Maria receives "It is on its way"
    And nothing else is sent to anyone

  @should @P6
  Scenario: [13] A webhook lost with the fault's own words is made up for
    Given Maria is in a live chat with Ada
    And the desk meets "drop webhooks" at its next "conversation:message"
    And Ada has just replied "I am looking into it"
    When an hour passes
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone
