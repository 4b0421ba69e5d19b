Feature: After an opt-out nothing is sent until the customer opts in again

  The carrier answers opt-out, opt-in and help words itself. A word counts only
  if it is the whole text.

  @should @OCX-SMS-25 @OPEN-18 @P5
  Scenario Outline: [1] <word> opts out
    Given Maria has texted "Hello"
    When Maria texts "<word>"
    Then the carrier answers Maria itself
    And the AI is not asked
    And nothing else is sent to anyone

    Examples:
      | word        |
      | STOP        |
      | stop        |
      | StopAll     |
      | UNSUBSCRIBE |
      | Cancel      |
      | END         |
      | quit        |
      | REVOKE      |
      | OptOut      |

  @choice @OPEN-18
  Scenario Outline: [2] "<text>" is no opt-out
    Given Maria is in a live chat with Ada
    When Maria texts "<text>"
    Then Ada sees "<text>" from Maria
    And nothing else is sent to anyone

    Examples:
      | text                    |
      | Please stop by at five  |
      | stop it                 |
      | Do not cancel my order  |
      | The end of the month?   |

  @choice @OPEN-20 @P5
  Scenario: [3] The agent is told that the customer opted out
    Given Maria is in a live chat with Ada
    When Maria texts "STOP"
    Then the carrier answers Maria itself
    And Ada is told about the opt-out
    And nothing else is sent to anyone

  @choice @OPEN-20 @OPEN-18 @P5
  Scenario: [4] A reply after the opt-out is not sent, and the agent learns why
    Given Maria is in a live chat with Ada
    And Maria has texted "STOP"
    When Ada replies "Are you still there?"
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

  @choice @OPEN-18 @P5
  Scenario: [5] A held reply is dropped by an opt-out
    Given the reply "I am looking into it" from Ada to Maria is held for want of registration
    And Maria has texted "STOP"
    When the Support number is registered
    And an hour passes
    Then nothing else is sent to anyone

  @choice @OPEN-18
  Scenario: [6] An opt-in lifts the opt-out
    Given Maria has texted "STOP"
    And Maria has texted "START"
    When Maria texts "Hello again"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-18 @OPEN-20
  Scenario: [7] The agent may reply again after an opt-in
    Given Maria is in a live chat with Ada
    And Maria has texted "STOP"
    And Maria has texted "START"
    When Ada replies "Welcome back"
    Then Maria receives "Welcome back"
    And nothing else is sent to anyone

  @choice @OPEN-18
  Scenario: [8] An opt-out on one number counts for all of ours
    Given Maria is in a live chat with Ada on the Support number
    And Maria has texted "STOP" to the Sales number
    When Ada replies "Are you still there?"
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

  @choice @OPEN-18
  Scenario: [9] Yes is an answer when nobody opted out
    Given Maria is in a live chat with Ada
    When Maria texts "YES"
    Then Ada sees "YES" from Maria
    And nothing else is sent to anyone

  @choice @OPEN-18
  Scenario: [10] Yes opts in after an opt-out
    Given Maria has texted "STOP"
    And Maria has texted "YES"
    When Maria texts "Hello again"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-19
  Scenario Outline: [11] <word> is answered by the carrier alone
    When Maria texts "<word>"
    Then the carrier answers Maria itself
    And the AI is not asked
    And nothing else is sent to anyone

    Examples:
      | word |
      | HELP |
      | info |

  @choice @OPEN-19
  Scenario: [12] A help word in a live chat reaches the agent too
    Given Maria is in a live chat with Ada
    When Maria texts "HELP"
    Then the carrier answers Maria itself
    And Ada sees "HELP" from Maria
    And nothing else is sent to anyone

  @choice @OPEN-18 @OPEN-20
  Scenario: [13] An opt-out known only to the carrier stops later replies
    Given Maria is in a live chat with Ada
    And the carrier knows that Maria opted out
    And Ada has replied "Are you still there?"
    When Ada replies "Hello?"
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

  @choice @OPEN-18
  Scenario Outline: [14] "<text>" is meant as an opt-out
    Given Maria is in a live chat with Ada
    And Maria has texted "<text>"
    When Ada replies "Are you still there?"
    Then Ada is told about the opt-out
    And nothing else is sent to anyone

    Examples:
      | text    |
      | Stop.   |
      | OPT OUT |

  @choice @OPEN-18 @OCX-SMS-25
  Scenario: [15] No live chat begins for a customer who opted out
    Given Maria has texted "STOP"
    When Maria texts "A human, please"
    Then the AI is not asked
    And nothing else is sent to anyone

  @choice @OPEN-18
  Scenario: [16] An opt-out on one number leaves the other open if it is so set
    Given the bridge is set to count an opt-out for its number alone
    And the Sales number is unregistered
    And Maria is in a live chat with Ada on the Support number
    And Maria has texted "STOP" to the Sales number
    When Ada replies "Are you still there?"
    Then Maria receives "Are you still there?" from the Support number
    And nothing else is sent to anyone

  @choice @OPEN-18 @P5
  Scenario: [17] An opt-in heard of only after a later opt-out changes nothing
    Given Maria has texted "Hello"
    And the carrier meets "drop webhooks" at its next "inbound"
    And Maria has texted "START"
    And Maria has texted "OPT OUT"
    And 1 hour has passed
    When Maria texts "Are you there?"
    Then nothing else is sent to anyone
