Feature: The AI answers one thing at a time

  @must @OCX-SMS-17 @OCX-SMS-18 @OPEN-30 @OPEN-29
  Scenario: [1] Texts that arrive while the AI thinks are covered in order
    Given the AI takes 20 seconds to answer
    And Maria has just texted "One"
    And Maria has just texted "Two"
    When Maria texts "Three"
    And a minute passes
    Then the AI has dealt with "One", "Two", "Three" one question at a time
    And nothing else is sent to anyone

  @should @OCX-SMS-19 @P4
  Scenario: [2] A slow answer to one customer delays no other
    Given the AI leaves the next question hanging
    And Maria has texted "Hello"
    When Omar texts "Good morning"
    Then Omar receives "Noted."
    And Maria receives at most 1 message
    And nothing else is sent to anyone

  @choice @OPEN-46
  Scenario: [3] The AI may answer later
    Given the AI sends its answers later
    When Maria texts "When do you open?"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @should @OPEN-46
  Scenario: [4] An answer delivered twice reaches the phone once
    Given the AI sends its answers later
    And the AI delivers the next answer 2 times
    When Maria texts "When do you open?"
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-32
  Scenario: [5] An AI that fails once is asked once more
    Given the AI fails once
    When Maria texts "When do you open?"
    And a minute passes
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @choice @OPEN-32
  Scenario: [6] An AI that keeps failing is relieved by a person
    Given the AI is out of order
    When Maria texts "When do you open?"
    And 5 minutes pass
    Then a live chat with Maria appears
    And nothing else is sent to anyone

  @must @OCX-SMS-12 @OCX-AP-01 @OCX-AP-02 @OCX-TRB-01
  Scenario: [7] With the AI switched off people get the text
    Given the AI is switched off for texts
    When Maria texts "When do you open?"
    Then a live chat with Maria appears
    And the AI is not asked
    And nothing else is sent to anyone

  @must @OCX-AP-09 @OPEN-43
  Scenario: [8] An AI that only drafts sends nothing
    Given the AI only drafts
    When Maria texts "When do you open?"
    Then the AI has one session with Maria: "When do you open?"
    And nothing else is sent to anyone

  @choice @OPEN-42
  Scenario: [9] An AI that stops answering stops with the next text
    Given Maria has texted "Hello"
    And the AI only drafts
    When Maria texts "Are you there?"
    Then the AI has one session with Maria: "Hello", "Are you there?"
    And nothing else is sent to anyone

  @choice @OPEN-48
  Scenario: [10] A busy AI is left alone for as long as it asks
    Given the AI is too busy for the next call and asks for 30 seconds
    When Maria texts "When do you open?"
    And a minute passes
    Then the AI was left alone for 30 seconds
    And Maria receives "Noted."
    And nothing else is sent to anyone
