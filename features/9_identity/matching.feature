Feature: One customer is one contact

  The phone decides. An e-mail address counts only if the customer gave it on
  another channel before. A doubtful match is no match.

  @must @SEED-14 @SEED-21 @OCX-USR-01 @OCX-USR-02 @OCX-TRB-19 @OCX-SUN-18
  Scenario: [1] A support user with the customer's phone is used
    Given the support user "Maria Silva" has Maria's phone number
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears for the support user "Maria Silva"
    And nothing else is sent to anyone

  @choice @OPEN-21 @OCX-USR-02
  Scenario: [2] However the phone is written
    Given the support user "Maria Silva" has Maria's phone number in brackets and blanks
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears for the support user "Maria Silva"
    And nothing else is sent to anyone

  @should @OCX-USR-04 @OCX-USR-01
  Scenario: [3] Without a match there is one new contact with the phone
    Given the support user "Omar Haddad" has Omar's phone number
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat shows Maria's phone number
    And the live chat does not belong to the support user "Omar Haddad"
    And nothing else is sent to anyone

  @must @SEED-14 @OCX-USR-03
  Scenario: [4] An e-mail address given on another channel leads to the support user
    Given the support user "Maria Silva" has Maria's e-mail address
    And Maria has given the AI her e-mail address on another channel
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears for the support user "Maria Silva"
    And nothing else is sent to anyone

  @must @SEED-14 @OCX-USR-02 @OPEN-25
  Scenario: [5] The phone comes before the e-mail address
    Given the support user "Maria Silva" has Maria's phone number
    And the support user "Old Account" has Maria's e-mail address
    And Maria has given the AI her e-mail address on another channel
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears for the support user "Maria Silva"
    And nothing else is sent to anyone

  @must @OCX-USR-03
  Scenario: [6] An e-mail address in a text proves nothing
    Given the support user "Somebody Else" has Maria's e-mail address
    And Maria has texted her e-mail address
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat does not belong to the support user "Somebody Else"
    And nothing else is sent to anyone

  @choice @OPEN-24
  Scenario: [7] Two support users with one phone: neither is taken
    Given the support user "Maria Silva" has Maria's phone number
    And the support user "Pedro Silva" has Maria's phone number
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat belongs to no earlier support user
    And nothing else is sent to anyone

  @should @OCX-USR-06 @OPEN-26 @OCX-SUN-17
  Scenario: [8] Refused merging credentials do not stop the handoff
    Given the directory of support users refuses every call
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @OPEN-26
  Scenario: [9] A directory that is down does not stop the handoff
    Given the directory of support users is down for the next call
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @should @OCX-USR-07 @SEED-21 @OPEN-27
  Scenario: [10] Two numbers, one contact
    Given Maria is in a live chat with Ada on the Support number
    When Maria texts "A human, please" to the Sales number
    Then Maria receives "A person will be with you." from the Sales number
    And a second live chat with Maria appears for the same user
    And nothing else is sent to anyone

  @should @SEED-21
  Scenario: [11] An agent's own phone number does not make the customer an agent
    Given the agent "Ada Byron" has Maria's phone number
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat does not belong to the support user "Ada Byron"
    And nothing else is sent to anyone

  @should @OCX-USR-01 @OCX-SUN-18 @SEED-21
  Scenario: [12] Whoever was met while the directory was down is made one afterwards
    Given the support user "Maria Silva" has Maria's phone number
    And the directory of support users is down for the next call
    When Maria texts "A human, please"
    And 10 minutes pass
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears for the support user "Maria Silva"
    And nothing else is sent to anyone
