Feature: The agent sees what the page promises

  @must @SEED-08 @OCX-ZD-02 @OCX-SUN-22 @OCX-ZD-20 @OCX-ZD-21
  Scenario: [1] The live chat bears the tag of the SMS channel
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat is tagged "opencx_channel_sms"
    And nothing else is sent to anyone

  @must @OCX-ZD-05 @OPEN-38
  Scenario: [2] The live chat bears the tag of a handoff
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat is tagged "opencx_handedoff"
    And nothing else is sent to anyone

  @must @OCX-ZD-03 @OCX-ZD-04 @OCX-HO-10 @OCX-HO-11 @OPEN-38
  Scenario Outline: [3] A customer found <mood> is tagged so
    Given the AI hands off a customer who texts "order" and finds them <mood>
    When Maria texts "About my order"
    Then a live chat with Maria appears
    And the live chat is tagged "opencx_sentiment_<mood>"
    And nothing else is sent to anyone

    Examples:
      | mood    |
      | angry   |
      | neutral |
      | happy   |

  @choice @OPEN-38
  Scenario: [4] An unknown mood is no tag
    Given the AI hands off a customer who texts "order" without saying why
    When Maria texts "About my order"
    Then a live chat with Maria appears
    And the live chat has no tag of a mood
    And nothing else is sent to anyone

  @must @SEED-11 @OCX-ZD-06 @OCX-ZD-07 @OCX-SMS-10 @OPEN-39
  Scenario: [5] The session id leads to the whole session
    Given Maria has texted "My parcel is late"
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And its session id leads to "My parcel is late", "A human, please"
    And nothing else is sent to anyone

  @must @OCX-ZD-06 @OPEN-39
  Scenario: [6] Organisation and contact are on the conversation
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat names the organisation and the contact
    And nothing else is sent to anyone

  @must @SEED-09 @OCX-ZD-08
  Scenario: [7] The phone number is on the user
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat shows Maria's phone number
    And nothing else is sent to anyone

  @must @SEED-10 @OCX-ZD-09 @OPEN-05
  Scenario: [8] The transcript tells who said what, in order
    Given the AI answers "late" with "Which order?"
    And Maria has texted "My parcel is late"
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears with the transcript
      | who      | says                       |
      | customer | My parcel is late          |
      | AI       | Which order?               |
      | customer | A human, please            |
      | AI       | A person will be with you. |
    And nothing else is sent to anyone

  @must @SEED-10 @OCX-ZD-09
  Scenario: [9] A long exchange is there from its first line
    Given Maria and the AI have exchanged 15 texts and answers
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears with all 32 lines
    And nothing else is sent to anyone

  @must @OCX-HO-10 @OCX-HO-12 @OCX-ZD-12 @OPEN-06
  Scenario: [10] The agent gets the summary and the customer does not
    Given the AI hands off a customer who texts "refund" with the summary "Wants money back for a late parcel"
    When Maria texts "I want a refund"
    Then a live chat with Maria appears
    And the agent's note says "Wants money back for a late parcel"
    And nothing else is sent to anyone

  @should @SEED-08 @OCX-SUN-23 @OPEN-37
  Scenario: [11] Tags are there even where chats go straight to the agents
    Given new chats go straight to the agents
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the live chat is tagged "opencx_channel_sms"
    And nothing else is sent to anyone

  @should @OCX-SUN-23 @OPEN-37
  Scenario: [12] The handoff works without a switchboard
    Given nobody is set to answer new chats first
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-ZD-07 @OCX-SUN-13
  Scenario: [13] Two customers have two session ids
    Given Maria is in a live chat with Ada
    When Omar texts "A human, please"
    Then Omar receives "A person will be with you."
    And a live chat with Omar appears
    And no two live chats share a session id
    And nothing else is sent to anyone

  @choice @OPEN-38 @OPEN-39
  Scenario: [14] A handoff without a summary still has tags and ids
    Given the AI hands off a customer who texts "order" without saying why
    When Maria texts "About my order"
    Then a live chat with Maria appears
    And the live chat is tagged "opencx_channel_sms"
    And its session id leads to "About my order"
    And nothing else is sent to anyone

  @choice @OPEN-05
  Scenario: [15] The agent can tell the AI's lines by a name
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And each line of the AI bears a name
    And nothing else is sent to anyone
