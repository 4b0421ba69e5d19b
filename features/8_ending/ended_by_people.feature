Feature: Solved is not ended

  @must @OCX-LIF-11 @OPEN-10 @OPEN-09 @OCX-TRB-13
  Scenario: [1] After solving, a text still reaches the agent and the AI is silent
    Given Maria is in a live chat with Ada
    And Ada has solved the ticket
    When Maria texts "One more thing"
    Then Ada sees "One more thing" from Maria
    And the AI is not asked
    And nothing else is sent to anyone

  @must @OCX-LIF-12 @OPEN-11 @OCX-TRB-13
  Scenario: [2] After the end the AI answers again
    Given Maria is in a live chat with Ada
    And Ada has ended the conversation
    When Maria texts "Thanks, when do you open?"
    Then Maria receives "Noted." from the Support number
    And the AI has 2 sessions with Maria
    And nothing else is sent to anyone

  @choice @OPEN-09 @OCX-LIF-12
  Scenario: [3] A closed ticket ends the session as well
    Given Maria is in a live chat with Ada
    And Ada has closed the ticket
    When Maria texts "Thanks, when do you open?"
    Then Maria receives "Noted." from the Support number
    And the AI has 2 sessions with Maria
    And nothing else is sent to anyone

  @must @OCX-LIF-01 @OCX-LIF-02 @OCX-LIF-09
  Scenario: [4] A session with a person is open and marked as handed off
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the AI's session with Maria is open and handed off
    And nothing else is sent to anyone

  @should @OCX-LIF-10 @OCX-LIF-14 @OCX-LIF-01
  Scenario: [5] The end on the desk closes the AI's session as resolved
    Given Maria is in a live chat with Ada
    When Ada ends the conversation
    Then the AI's session with Maria is closed as resolved
    And nothing else is sent to anyone

  @must @OCX-LIF-11
  Scenario: [6] Solving leaves the AI's session open
    Given Maria is in a live chat with Ada
    When Ada solves the ticket
    Then the AI's session with Maria is open and handed off
    And nothing else is sent to anyone

  @choice @OPEN-10
  Scenario: [7] The agent may still reply after solving
    Given Maria is in a live chat with Ada
    And Ada has solved the ticket
    When Ada replies "It is on its way now"
    Then Maria receives "It is on its way now" from the Support number
    And nothing else is sent to anyone

  @choice @OPEN-11 @OCX-SUN-13
  Scenario: [8] The new live chat shows only the new session
    Given Maria is in a live chat with Ada
    And Ada has ended the conversation
    And Maria has texted "Now it is broken"
    When Maria texts "A human again, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears with the transcript
      | who      | says                       |
      | customer | Now it is broken           |
      | AI       | Noted.                     |
      | customer | A human again, please      |
      | AI       | A person will be with you. |
    And nothing else is sent to anyone

  @should @OPEN-09
  Scenario: [9] Ending one conversation leaves the customer's other one alone
    Given Maria is in a live chat with Ada on the Support number
    And Maria is in a live chat with Ben on the Sales number
    And Ada has ended the conversation
    When Maria texts "About the offer" to the Sales number
    Then Ben sees "About the offer" from Maria
    And nothing else is sent to anyone

  @should @OPEN-09
  Scenario: [10] Ending twice is ending once
    Given Maria is in a live chat with Ada
    And the desk delivers the next event 2 times
    When Ada ends the conversation
    Then nothing else is sent to anyone

  @choice @OPEN-50
  Scenario: [11] Closing the AI's session from outside leaves the live chat alone
    Given Maria is in a live chat with Ada
    And the operator of the AI has closed Maria's session
    When Maria texts "Any news?"
    Then Ada sees "Any news?" from Maria
    And nothing else is sent to anyone

  @should @OCX-LIF-14 @OCX-SMS-06
  Scenario: [12] A session the AI's operator closed is followed by a new one
    Given Maria has texted "My parcel is late"
    And the operator of the AI has closed Maria's session
    When Maria texts "Hello again"
    Then the AI has 2 sessions with Maria
    And Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-32
  Scenario: [13] A text the AI could not take yet outlives the end of its session
    Given Maria has texted "My parcel is late"
    And the AI is out of order
    And Maria has texted "Is anybody there?"
    And the operator of the AI has closed Maria's session
    When 5 minutes pass
    Then a live chat with Maria appears with the transcript
      | who      | says              |
      | customer | My parcel is late |
      | AI       | Noted.            |
      | customer | Is anybody there? |
    And nothing else is sent to anyone
