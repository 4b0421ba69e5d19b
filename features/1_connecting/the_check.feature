Feature: The check says what is wrong with the set-up and how to mend it

  The operator runs it before going live and whenever something seems wrong.
  It looks at the live services and sends nothing to anyone.

  @must @SEED-04 @SEED-05 @SEED-19 @OCX-NUM-06 @OCX-SUN-11 @OCX-SUN-10 @OCX-TRB-18
  Scenario: [1] All is well
    When the operator checks the set-up
    Then the number is listed and active
    And Zendesk messaging is active
    And no trouble is found
    And nothing else is sent to anyone

  @must @OCX-NUM-01 @OCX-NUM-04 @OCX-TRB-03
  Scenario: [2] The number is not at the carrier
    Given the Support number is not listed at the carrier
    When the operator checks the set-up
    Then the check finds trouble with the number's listing
    And nothing else is sent to anyone

  @must @OCX-NUM-03 @OCX-NUM-08 @OCX-TRB-02 @SEED-03
  Scenario: [3] The number is not pointed at the bridge
    Given the Support number is not connected
    When the operator checks the set-up
    Then the check finds trouble with the number's connection
    And nothing else is sent to anyone

  @should @OCX-SUN-21 @OCX-TRB-15
  Scenario: [4] The number is pointed at another environment
    Given the Support number is connected to another environment
    When the operator checks the set-up
    Then the check finds trouble with the number's connection
    And nothing else is sent to anyone

  @must @OCX-NUM-02
  Scenario: [5] The number cannot carry texts
    Given the Support number cannot carry texts
    When the operator checks the set-up
    Then the check finds trouble with the number's abilities
    And nothing else is sent to anyone

  @must @SEED-13 @OCX-NUM-09 @OCX-CMP-01 @OCX-CMP-06 @OCX-CMP-08 @OCX-CMP-05 @OCX-TRB-04
  Scenario: [6] A US local number lacks registration
    Given the Support number is unregistered
    When the operator checks the set-up
    Then the check finds trouble with the number's registration
    And nothing else is sent to anyone

  @must @SEED-13 @OCX-CMP-02
  Scenario: [7] A toll-free number awaits its verification
    Given the toll-free number is pending
    When the operator checks the set-up
    Then the check finds trouble with the number's registration
    And nothing else is sent to anyone

  @must @OCX-SUN-05 @OCX-SUN-06 @OCX-TRB-08
  Scenario: [8] The key belongs to an integration
    Given the bridge has been given an integration's key
    When the operator checks the set-up
    Then the check finds trouble with the messaging key
    And nothing else is sent to anyone

  @must @OCX-SUN-08 @OCX-TRB-08
  Scenario: [9] The app is another one
    Given the bridge has been given the wrong app
    When the operator checks the set-up
    Then the check finds trouble with the messaging credentials
    And nothing else is sent to anyone

  @must @OCX-SUN-08 @OCX-SUN-10 @OCX-TRB-19 @SEED-20
  Scenario: [10] The secret is wrong
    Given the bridge has been given the wrong messaging secret
    When the operator checks the set-up
    Then the check finds trouble with the messaging credentials
    And nothing else is sent to anyone

  @must @OCX-SUN-09 @OCX-TRB-07
  Scenario: [11] The subdomain is written as an address
    Given the bridge has been given a subdomain written as an address
    When the operator checks the set-up
    Then the check finds trouble with the subdomain
    And nothing else is sent to anyone

  @must @OCX-SUN-02 @OCX-SUN-03 @OCX-SUN-12 @OCX-TRB-12
  Scenario: [12] The account has no Conversations API
    Given the Zendesk account has no Conversations API
    When the operator checks the set-up
    Then the check finds trouble with messaging
    And nothing else is sent to anyone

  @must @OCX-SUN-14 @OCX-SUN-15 @OCX-TRB-11
  Scenario: [13] Multi-conversations is off
    Given multi-conversations is off
    When the operator checks the set-up
    Then the check finds trouble with multi-conversations
    And nothing else is sent to anyone

  @must @SEED-20 @SEED-19 @OCX-SUN-20 @OCX-TRB-10
  Scenario: [14] The desk does not know where to send replies
    Given the desk has lost its webhook
    When the operator checks the set-up
    Then the check finds trouble with the desk's webhook
    And nothing else is sent to anyone

  @must @SEED-21 @SEED-19 @OCX-SUN-17 @OCX-TRB-19
  Scenario: [15] The credentials for merging are refused
    Given the bridge has been given the wrong merging credentials
    When the operator checks the set-up
    Then the check finds trouble with the merging of users
    And nothing else is sent to anyone

  @should @OCX-TRB-01
  Scenario: [16] The AI refuses the key
    Given the bridge has been given the wrong AI key
    When the operator checks the set-up
    Then the check finds trouble with the AI
    And nothing else is sent to anyone

  @should @SEED-19
  Scenario: [17] The carrier refuses the credentials
    Given the bridge has been given the wrong carrier credentials
    When the operator checks the set-up
    Then the check finds trouble with the carrier
    And nothing else is sent to anyone
