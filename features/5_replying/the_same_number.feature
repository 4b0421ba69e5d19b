Feature: The reply leaves from the number the customer texted

  A company may own several numbers. Whoever answers, and whatever the
  customer's profile says, the session decides the pair of numbers.

  @must @SEED-02 @SEED-07 @SEED-12 @OCX-SMS-26 @OCX-ZD-13 @OCX-HO-08 @OCX-SUN-22
  Scenario: [1] The agent's reply lands on the customer's phone
    Given Maria is in a live chat with Ada
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it" from the Support number
    And it took no longer than 2 seconds
    And nothing else is sent to anyone

  @must @SEED-02 @OCX-SMS-26 @OPEN-27
  Scenario: [2] Two numbers, one customer
    Given Maria is in a live chat with Ada on the Sales number
    And Maria is in a live chat with Ben on the Support number
    When Ben replies "On it"
    Then Maria receives "On it" from the Support number
    And nothing else is sent to anyone

  @must @SEED-02 @OCX-SMS-26 @OPEN-27
  Scenario: [3] Two numbers, the older conversation
    Given Maria is in a live chat with Ada on the Sales number
    And Maria is in a live chat with Ben on the Support number
    When Ada replies "Here is our offer"
    Then Maria receives "Here is our offer" from the Sales number
    And nothing else is sent to anyone

  @must @SEED-02 @OCX-SMS-26
  Scenario: [4] A toll-free number answers for itself
    Given Maria is in a live chat with Ada on the toll-free number
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it" from the toll-free number
    And nothing else is sent to anyone

  @must @OCX-SMS-26
  Scenario: [5] The phone that texted gets the reply, whatever the profile says
    Given the support user "Maria Silva" has Omar's phone number and Maria's e-mail address
    And Maria is in a live chat with Ada
    When Ada replies "I am looking into it"
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @must @SEED-07
  Scenario: [6] Two customers get their own replies
    Given Maria is in a live chat with Ada
    And Omar is in a live chat with Ada
    When Ada replies "I am looking into it" to Maria
    Then Maria receives "I am looking into it"
    And nothing else is sent to anyone

  @must @SEED-01 @SEED-07
  Scenario: [7] The conversation goes back and forth on one thread
    Given Maria is in a live chat with Ada
    And Ada has replied "Which order?"
    And Maria has texted "4711"
    When Ada replies "Found it"
    Then Maria receives "Found it" from the Support number
    And Maria's thread with the Support number ends with "Which order?", "4711", "Found it"
    And nothing else is sent to anyone

  @should @SEED-07
  Scenario: [8] Whoever of the agents replies, the customer hears it
    Given Maria is in a live chat with Ada
    When Ben replies "I am taking over" to Maria
    Then Maria receives "I am taking over" from the Support number
    And nothing else is sent to anyone
